/**
 * ACLs, sample expressions and log formats of haproxy.cfg, as pure functions over what a {@link io.steelyard.config.haproxy.expression.SampleSource} tells of a
 * connection or request. Start at {@link io.steelyard.config.haproxy.expression.Conditions} for {@code acl … if …} and at
 * {@link io.steelyard.config.haproxy.expression.Expression} for {@code fetch,converter(…)}.
 *
 * <p>The rules are those of the configuration manual 2.6, chapter 7.
 */
package io.steelyard.config.haproxy.expression;
