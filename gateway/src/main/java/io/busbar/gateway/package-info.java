/** The product: the entry point of the jar. Its parts are in the packages below. */
package io.busbar.gateway;
