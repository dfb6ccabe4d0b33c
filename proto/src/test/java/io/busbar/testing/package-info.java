/**
 * What tests of this and later modules share: fakes of the bus, clusters in one process, processes
 * of their own, a link that can be cut, and the guards every test runs under.
 */
package io.busbar.testing;
