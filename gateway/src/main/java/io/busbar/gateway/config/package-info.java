/**
 * Configuration: one declarative list of keys, from which the loader's checks, the reference, the
 * sample file and the documentation all come; the loader that reads file, environment and flags
 * over each other; and the effective values with the origin of each.
 */
package io.busbar.gateway.config;
