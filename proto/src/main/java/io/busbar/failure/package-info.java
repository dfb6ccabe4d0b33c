/**
 * The one error model: every failure is a value with a code, a meaning, and whether a retry is
 * safe. Each protocol maps it in one place.
 */
package io.busbar.failure;
