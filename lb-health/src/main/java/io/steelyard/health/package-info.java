/**
 * Active health checks. Each provider makes checks that block on the virtual thread they are called on; an interrupt ends them, with the name
 * of what they were waiting for as the reason.
 */
package io.steelyard.health;
