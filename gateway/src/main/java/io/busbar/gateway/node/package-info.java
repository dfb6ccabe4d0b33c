/**
 * One gateway node: joins the cluster, opens the lanes and what lives on them, opens the ports,
 * says when it is ready, drains and leaves. The only package that knows all the others.
 */
package io.busbar.gateway.node;
