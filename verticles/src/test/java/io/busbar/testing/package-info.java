/** Fakes that tests of the front sides share. */
package io.busbar.testing;
