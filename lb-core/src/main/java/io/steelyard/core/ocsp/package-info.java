/** The status of certificates, asked for by OCSP and kept to be stapled. Start at {@link io.steelyard.core.ocsp.Stapling}. */
package io.steelyard.core.ocsp;
