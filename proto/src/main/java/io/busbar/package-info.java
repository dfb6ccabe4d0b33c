/**
 * The way in for a plugin team's own Vert.x application: it joins the cluster as a member without
 * front side, serves pools with its plugins and calls those of others, with nothing but this module
 * on its class path.
 */
package io.busbar;
