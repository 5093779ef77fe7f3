/**
 * The syntax of keepalived.conf: words, comments, blocks in braces, definitions, included files. Start at
 * {@link io.steelyard.config.keepalived.grammar.Document#parse}. What the words mean is not known here.
 */
package io.steelyard.config.keepalived.grammar;
