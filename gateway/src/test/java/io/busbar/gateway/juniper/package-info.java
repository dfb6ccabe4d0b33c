/** Juniper peers against whole nodes. */
package io.busbar.gateway.juniper;
