/** Which server each client had last, by keys of any kind. */
package io.steelyard.pool.stick;
