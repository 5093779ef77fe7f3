/**
 * The syntax of haproxy.cfg: words, conditional blocks, sections. Start at {@link io.steelyard.config.haproxy.grammar.Document#parse}. What
 * the words mean is not known here.
 */
package io.steelyard.config.haproxy.grammar;
