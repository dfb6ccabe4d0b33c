/** Real processes of the gateway for tests: started, frozen, killed and always cleaned up. */
package io.busbar.gateway.testing;
