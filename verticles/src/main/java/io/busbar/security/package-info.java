/**
 * What protects a port: API keys with roles, TLS material that follows its files, the rule that an
 * address other than loopback must be protected, and a limit on connections.
 */
package io.busbar.security;
