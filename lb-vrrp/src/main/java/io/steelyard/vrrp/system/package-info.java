/**
 * The virtual routers' hands and ears: one thread ({@link io.steelyard.vrrp.system.ControlThread}) that hears adverts and runs timers, and the
 * parts that carry out what the state machines decide: addresses, announcements, trackers, notifications.
 */
package io.steelyard.vrrp.system;
