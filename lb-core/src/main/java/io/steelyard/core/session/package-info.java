/**
 * What a virtual server may want of each connection or UDP session beside carrying it: variables, connection limits, a target that depends
 * on it, access logs. A {@link io.steelyard.core.session.SessionRules} is made once for a virtual server, a
 * {@link io.steelyard.core.session.Session} for each connection; a virtual server that wants nothing of this has neither.
 */
package io.steelyard.core.session;
