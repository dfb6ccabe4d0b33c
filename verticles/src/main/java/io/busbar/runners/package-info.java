/**
 * The Fn runners that this gateway dials: which runners each pool has, now and on every node; which
 * node dials which; what is believed about each of them (health, capacity, drain) and when it is
 * asked. How one runner is spoken to is the business of the adapter package.
 */
package io.busbar.runners;
