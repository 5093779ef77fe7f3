/**
 * The syntax that all parts of nginx.conf share: words, directives, blocks, quotes, comments, includes. It knows no directive but
 * {@code include}. Start at {@link io.steelyard.config.nginx.grammar.SyntaxTree}.
 */
package io.steelyard.config.nginx.grammar;
