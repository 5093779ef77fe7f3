/**
 * Schedulers that draw two servers at random by weight and take the better one. Mitzenmacher ("The Power of Two Choices in Randomized Load
 * Balancing", IEEE TPDS 2001) shows why two are enough; and where several balancers share the servers, none of them sends all its flows to
 * the one server that looks idle to all.
 */
package io.steelyard.schedulers.sampled;
