/**
 * The algorithms of HAProxy's {@code balance} keyword, decision for decision. Their sources are HAProxy's manual and its behaviour, 2.6.12,
 * recorded on loopback. A server's id is its position among the candidates, from 1. Weights above HAProxy's greatest, 256, work as well.
 */
package io.steelyard.schedulers.haproxy;
