/**
 * Reads haproxy.cfg into the model. {@link io.steelyard.config.haproxy.HaproxyConfigurationReader} is the way in; what the keywords are and what becomes of them
 * is in {@code KeywordTable}.
 */
package io.steelyard.config.haproxy;
