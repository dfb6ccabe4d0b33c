/**
 * The management port: whether the process lives, whether the node serves, its meters, and what it
 * is. No secrets, and no part in serving calls.
 */
package io.busbar.gateway.management;
