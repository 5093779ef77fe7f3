/** What readers of every format share. */
package io.steelyard.config.reading;
