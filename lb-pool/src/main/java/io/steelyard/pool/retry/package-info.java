/** Whether there may be another try. */
package io.steelyard.pool.retry;
