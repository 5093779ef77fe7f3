/** Checksums and consistent-hash rings shared by the algorithms. */
package io.steelyard.schedulers.hash;
