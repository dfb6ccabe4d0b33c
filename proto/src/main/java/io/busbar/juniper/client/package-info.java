/**
 * Clients of juniper-cascor endpoints, of a real trainer or of a gateway: the training stream with
 * resume, joined messages and reconnect, the control channel with correlated answers, and a worker.
 * They need a Vertx, not a clustered one. Everything of a client happens on one context, that of
 * its creation; its methods may be called on any thread.
 */
package io.busbar.juniper.client;
