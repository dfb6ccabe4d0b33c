/**
 * Fn's load balancer surface: {@code POST /invoke/{fn_id}} and HTTP triggers under {@code
 * /t/{app}/}, for those who put Busbar where an Fn load balancer stood. What a function is comes
 * from Fn's control API or from the configuration; a request becomes a call to the pool that the
 * routing rules name. docs/protocols/fn.md has the details.
 */
package io.busbar.fnlb;
