package io.steelyard.vrrp.wire;

/** What became of a received packet. Each is counted under keepalived's name for it, where there is one. */
public enum Verdict {
    /** Genuine, of this virtual router and well formed. */
    ACCEPTED("advert_rcvd"),
    /** For a virtual router that is not here. */
    OTHER_ROUTER("vrid_err"),
    /** Too short, too long, or not as long as its number of addresses says. */
    WRONG_LENGTH("packet_len_err"),
    /** TTL or hop limit is not what it must be: somebody beyond a router sent it. */
    WRONG_TTL("ip_ttl_err"),
    WRONG_VERSION("vers_err"),
    TRAILER_MISSING("auth_ext_missing"),
    TRAILER_MALFORMED("auth_ext_malformed"),
    TRAILER_UNKNOWN_KEY("auth_ext_unknown_key"),
    TRAILER_WRONG_CODE("auth_ext_invalid_hmac"),
    TRAILER_STALE("auth_ext_stale"),
    TRAILER_REPLAYED("auth_ext_replay"),
    /** A type of authentication that does not exist. */
    INVALID_AUTHENTICATION_TYPE("invalid_authtype"),
    /** One that is not ours, with or without an authentication header. */
    OTHER_AUTHENTICATION_TYPE("authtype_mismatch"),
    /** Wrong password, wrong code, or a counter that did not grow. */
    AUTHENTICATION_FAILED("auth_failure"),
    /** Version 2: not our interval. Two routers that differ in it both become active. */
    OTHER_INTERVAL("advert_interval_err"),
    /** Not an advertisement. */
    WRONG_TYPE("invalid_type_rcvd"),
    WRONG_CHECKSUM("chk_err"),
    /** Multicast where we speak unicast, or the other way round. */
    WRONG_DESTINATION("destination_err"),
    /** We own the addresses and listen to nobody. */
    OWNER_IGNORES("owner_ignored"),
    /** Unicast from somebody who is no peer. */
    UNKNOWN_PEER("unicast_src_err");

    private final String counterName;

    Verdict(String counterName) {
        this.counterName = counterName;
    }

    /** As it appears in metrics. */
    public String counterName() {
        return counterName;
    }
}
