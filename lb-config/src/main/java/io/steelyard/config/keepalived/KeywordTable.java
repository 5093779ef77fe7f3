package io.steelyard.config.keepalived;

import io.steelyard.config.keepalived.Keyword.Treatment;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The keywords of each kind of block, as keepalived 2.4 has them, and what becomes of them. Immutable. */
final class KeywordTable {
    private static final String SNMP = "there is no SNMP agent and no D-Bus here";
    private static final String PROCESS =
            "one process does everything; its priority, memory and limits are its service unit's";
    private static final String BUFFERS = "what the kernel reports is read anew when it was too much";
    private static final String FIREWALL = "rules that the virtual routers need are made by their own table";
    private static final String FORWARDING = "packet forwarding is not carried out here yet";
    private static final String RELOAD = "a changed file is always checked as a whole before any of it is applied";

    static final KeywordTable TOP = new KeywordTable("the top level")
            .honoured(
                    "global_defs vrrp_instance vrrp_sync_group vrrp_script vrrp_track_process vrrp_track_file track_file"
                            + " static_ipaddress static_routes static_rules interface_up_down_delays garp_group track_group"
                            + " bfd_instance")
            .accepted(FORWARDING, "virtual_server virtual_server_group")
            .warned(
                    "trackers belong into a vrrp_instance or vrrp_sync_group; keepalived ignores this block",
                    "track_script track_interface track_process")
            .accepted("the kernel tells of every change of a link", "linkbeat_interfaces")
            .accepted(FORWARDING, "SSL")
            .accepted("one process runs in one network namespace; start it there", "net_namespace net_namespace_ipvs")
            .accepted(PROCESS, "instance use_pid_dir");

    static final KeywordTable GLOBAL = new KeywordTable("global_defs")
            .honoured("notification_email notification_email_from smtp_server smtp_helo_name smtp_connect_timeout"
                    + " smtp_alert smtp_alert_vrrp no_email_faults router_id vrrp_mcast_group4 vrrp_mcast_group6 vrrp_garp_master_delay"
                    + " vrrp_garp_master_repeat vrrp_garp_lower_prio_delay vrrp_garp_lower_prio_repeat"
                    + " vrrp_garp_master_refresh vrrp_garp_master_refresh_repeat vrrp_garp_interval vrrp_gna_interval"
                    + " vrrp_min_garp vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert vrrp_version vrrp_strict"
                    + " vrrp_skip_check_adv_addr vrrp_check_unicast_src vrrp_down_timer_adverts vrrp_startup_delay"
                    + " vrrp_delay_after_boot script_user enable_script_security notify_fifo notify_fifo_script"
                    + " vrrp_notify_fifo vrrp_notify_fifo_script vmac_prefix vmac_addr_prefix default_interface vrrp_iptables"
                    + " vrrp_owner_ignore_adverts vrrp_notify_priority_changes startup_script startup_script_timeout"
                    + " shutdown_script shutdown_script_timeout disable_local_igmp"
                    + " vrrp_garp_extra_if vmac_garp_intvl vrrp_vmac_garp_intvl")
            .accepted(
                    "interfaces that come later are taken up whenever they come", "dynamic_interfaces allow_if_changes")
            .accepted("the kernel tells of every change of a link", "linkbeat_use_polling")
            .accepted("pauses of this process are always noticed", "timer_expired_backup thread_timer_expired")
            .accepted("what matters is always logged", "log_unknown_vrids enable_console_log debug log_command_line")
            .accepted("it has had its effect on what ${_RANDOM} stands for", "random_seed")
            .accepted(
                    SNMP,
                    "enable_traps enable_snmp_vrrp enable_snmp_keepalived enable_snmp_checker enable_snmp_rfc"
                            + " enable_snmp_rfcv2 enable_snmp_rfcv3 snmp_socket enable_dbus dbus_service_name dbus_no_interface_name")
            .accepted(
                    PROCESS,
                    "vrrp_priority checker_priority bfd_priority vrrp_no_swap checker_no_swap bfd_no_swap"
                            + " vrrp_rt_priority checker_rt_priority bfd_rt_priority vrrp_cpu_affinity checker_cpu_affinity"
                            + " bfd_cpu_affinity vrrp_rlimit_rttime checker_rlimit_rttime bfd_rlimit_rttime vrrp_rlimit_rtime"
                            + " checker_rlimit_rtime bfd_rlimit_rtime process_names vrrp_process_name checker_process_name"
                            + " bfd_process_name process_name max_auto_priority min_auto_priority_delay child_wait_time umask"
                            + " use_pid_dir use_symlink_paths instance data_use_instance tmp_config_directory")
            .accepted(
                    BUFFERS,
                    "vrrp_netlink_cmd_rcv_bufs vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs"
                            + " vrrp_netlink_monitor_rcv_bufs_force lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force"
                            + " lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs"
                            + " process_monitor_rcv_bufs_force vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier rs_init_notifies")
            .accepted(
                    FIREWALL,
                    "vrrp_ipsets nftables nftables_priority nftables_ifindex nftables_counters iptables"
                            + " namespace_with_ipsets")
            .accepted(
                    RELOAD,
                    "reload_check_config reload_time_file reload_repeat reload_file reload_date_specific"
                            + " config_save_dir config_copy_directory use_disk_copy_for_config"
                            + " json_version fifo_write_vrrp_states_on_reload")
            .accepted(
                    FORWARDING,
                    "lvs_sync_daemon lvs_flush lvs_flush_on_stop lvs_flush_onstop lvs_timeouts"
                            + " lvs_notify_fifo lvs_notify_fifo_script checker_log_all_failures smtp_alert_checker no_checker_emails"
                            + " nftables_ipvs nftables_ipvs_priority nftables_ipvs_start_fwmark lvs_process_name snmp_vs_stats_update_interval"
                            + " snmp_rs_stats_update_interval")
            .accepted("run it in its own network namespace (ip netns exec)", "net_namespace net_namespace_ipvs");

    static final KeywordTable INSTANCE = new KeywordTable("vrrp_instance")
            .honoured(
                    "state interface virtual_router_id priority advert_int version use_vmac use_vmac_addr use_ipvlan vmac_xmit_base"
                            + " native_ipv6 nopreempt preempt preempt_delay accept no_accept virtual_ipaddress"
                            + " virtual_ipaddress_excluded no_virtual_ipaddress virtual_routes virtual_rules authentication auth_hmac"
                            + " mcast_src_ip unicast_src_ip track_src_ip unicast_peer unicast_ttl check_unicast_src"
                            + " unicast_fault_no_peer mcast_dst_ip old_unicast_checksum v3_checksum_as_v2 down_timer_adverts"
                            + " garp_master_delay garp_master_repeat garp_lower_prio_delay garp_lower_prio_repeat"
                            + " garp_master_refresh garp_master_refresh_repeat garp_extra_if vmac_garp_intvl lower_prio_no_advert higher_prio_send_advert"
                            + " strict_mode skip_check_adv_addr owner_ignore_adverts dont_track_primary track_interface"
                            + " track_script track_process track_file track_bfd notify notify_master notify_backup notify_fault notify_stop"
                            + " notify_deleted notify_master_rx_lower_pri notify_priority_changes smtp_alert")
            .accepted("the kernel tells of every change of a link", "linkbeat_use_polling")
            .accepted("pauses of this process are always noticed", "timer_expired_backup thread_timer_expired")
            .accepted("it is set on the interface whenever there are addresses on it", "promote_secondaries")
            .accepted("what matters is always logged", "debug log_unknown_vrids")
            .accepted(BUFFERS, "kernel_rx_buf_size")
            .accepted(FORWARDING, "lvs_sync_daemon_interface");

    static final KeywordTable GROUP = new KeywordTable("vrrp_sync_group")
            .honoured(
                    "group track_interface track_script track_process track_file track_bfd notify notify_master notify_backup"
                            + " notify_fault notify_stop notify_priority_changes smtp_alert global_tracking sync_group_tracking_weight");

    static final KeywordTable STATIC_GROUP = new KeywordTable("track_group").honoured("group");

    static final KeywordTable SCRIPT =
            new KeywordTable("vrrp_script").honoured("script interval timeout weight rise fall init_fail user");

    static final KeywordTable PROCESS_TRACKER = new KeywordTable("vrrp_track_process")
            .honoured("process param_match weight quorum quorum_max delay fork_delay terminate_delay full_command");

    static final KeywordTable FILE_TRACKER = new KeywordTable("vrrp_track_file").honoured("file weight init_file");

    static final KeywordTable BFD = new KeywordTable("bfd_instance")
            .honoured(
                    "neighbor_ip neighbour_ip source_ip min_rx min_tx idle_tx multiplier passive ttl hoplimit max_hops"
                            + " multihop weight vrrp checker");

    static final KeywordTable AUTHENTICATION = new KeywordTable("authentication").honoured("auth_type auth_pass");

    static final KeywordTable HMAC =
            new KeywordTable("auth_hmac").honoured("key active_key anti_replay time_window mode");

    static final KeywordTable ARP_GROUP =
            new KeywordTable("garp_group").honoured("garp_interval gna_interval interface interfaces");

    private final String block;
    private final Map<String, Keyword> keywords = new HashMap<>();

    private KeywordTable(String block) {
        this.block = block;
    }

    private KeywordTable honoured(String names) {
        return add(Keyword.HONOURED, names);
    }

    private KeywordTable accepted(String why, String names) {
        return add(new Keyword(Treatment.ACCEPTED, why), names);
    }

    private KeywordTable warned(String why, String names) {
        return add(new Keyword(Treatment.WARNED, why), names);
    }

    private KeywordTable refused(String why, String names) {
        return add(new Keyword(Treatment.REFUSED, why), names);
    }

    private KeywordTable add(Keyword keyword, String names) {
        for (var name : names.split(" ")) {
            keywords.put(name, keyword);
        }
        return this;
    }

    /** The block these are keywords of. */
    String block() {
        return block;
    }

    Map<String, Keyword> keywords() {
        return Map.copyOf(keywords);
    }

    Set<String> names() {
        return new TreeSet<>(keywords.keySet());
    }
}
