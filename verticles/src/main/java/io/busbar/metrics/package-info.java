/** Meters of the services, each family declared in one class; labels come from bounded sets. */
package io.busbar.metrics;
