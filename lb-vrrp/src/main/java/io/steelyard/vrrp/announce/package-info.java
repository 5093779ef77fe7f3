/** How neighbours are told whose the addresses are: {@link io.steelyard.vrrp.announce.AnnouncementSchedule}. */
package io.steelyard.vrrp.announce;
