/**
 * What protects a port: API keys with roles, TLS material that follows its files, and the rule that
 * an address other than loopback must be protected.
 */
package io.busbar.security;
