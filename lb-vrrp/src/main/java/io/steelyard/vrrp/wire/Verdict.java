package io.steelyard.vrrp.wire;

/** What became of a received packet. Each is counted under keepalived's name for it, where there is one. */
public enum Verdict {
    /** Genuine, of this virtual router and well formed. */
    ACCEPTED("advert_rcvd", "it is accepted"),
    /** For a virtual router that is not here. */
    OTHER_ROUTER("vrid_err", "it is for another virtual router"),
    /** Too short, too long, or not as long as its number of addresses says. */
    WRONG_LENGTH("packet_len_err", "its length does not fit its number of addresses"),
    /** TTL or hop limit is not what it must be: somebody beyond a router sent it. */
    WRONG_TTL("ip_ttl_err", "its TTL is not what it must be: somebody beyond a router sent it"),
    WRONG_VERSION("vers_err", "it is of another version of VRRP than ours"),
    TRAILER_MISSING("auth_ext_missing", "it has no authentication trailer, and ours is enforced"),
    TRAILER_MALFORMED("auth_ext_malformed", "its authentication trailer is malformed"),
    TRAILER_UNKNOWN_KEY("auth_ext_unknown_key", "its trailer names a key that we do not have"),
    TRAILER_WRONG_CODE("auth_ext_invalid_hmac", "its trailer is not made with our key"),
    TRAILER_STALE("auth_ext_stale", "its trailer is outside the time window: the clocks differ"),
    TRAILER_REPLAYED("auth_ext_replay", "its trailer was heard before"),
    /** A type of authentication that does not exist. */
    INVALID_AUTHENTICATION_TYPE("invalid_authtype", "its type of authentication does not exist"),
    /** One that is not ours, with or without an authentication header. */
    OTHER_AUTHENTICATION_TYPE("authtype_mismatch", "its type of authentication is not ours"),
    /** Wrong password, wrong code, or a counter that did not grow. */
    AUTHENTICATION_FAILED("auth_failure", "its password or code is wrong"),
    /** Version 2: not our interval. Two routers that differ in it both become active. */
    OTHER_INTERVAL("advert_interval_err", "its interval is not ours, and version 2 does not allow that"),
    /** Not an advertisement. */
    WRONG_TYPE("invalid_type_rcvd", "it is no advertisement"),
    WRONG_CHECKSUM("chk_err", "its checksum is wrong"),
    /** Multicast where we speak unicast, or the other way round. */
    WRONG_DESTINATION("destination_err", "one of us speaks multicast and the other unicast"),
    /** We own the addresses and listen to nobody. */
    OWNER_IGNORES("owner_ignored", "an owner listens to nobody"),
    /** Unicast from somebody who is no peer. */
    UNKNOWN_PEER("unicast_src_err", "it comes from somebody who is no peer");

    private final String counterName;
    private final String text;

    Verdict(String counterName, String text) {
        this.counterName = counterName;
        this.text = text;
    }

    /** Says it to people, as a clause about the advert. */
    public String text() {
        return text;
    }

    /** As it appears in metrics. */
    public String counterName() {
        return counterName;
    }
}
