/** Ownership under faults: real nodes whose plugin writes to a fenced resource. */
package io.busbar.gateway.ownership;
