/**
 * {@code busbar demo}: starts real nodes as processes of their own with the sample plugins spread
 * over them, sends traffic from every front side of every node to every sample, checks each answer,
 * and shows what reaches what.
 */
package io.busbar.gateway.cli.demo;
