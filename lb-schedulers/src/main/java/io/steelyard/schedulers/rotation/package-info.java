/** Rotation shared by the algorithms: exact turns without locks. Start at {@link io.steelyard.schedulers.rotation.SmoothRotation}. */
package io.steelyard.schedulers.rotation;
