package io.steelyard.vrrp.wire;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.VirtualRouter;
import org.jspecify.annotations.Nullable;

/**
 * What one virtual router signs and checks with: the counters in it are shared by its encoder and its decoder. Used by one
 * thread at a time.
 */
public final class RouterSecrets {
    private final @Nullable HmacTrailer trailer;
    private final @Nullable AuthenticationHeader header;
    private final byte[] password;
    private final int authenticationType;

    private RouterSecrets(VirtualRouter router) {
        int senders = router.transport() instanceof AdvertTransport.Unicast unicast
                ? unicast.peers().size()
                : 0;
        trailer = router.hmac()
                .map(hmac -> new HmacTrailer(hmac, router.advertInterval(), senders))
                .orElse(null);
        header = router.authentication() instanceof Authentication.Header ah
                ? new AuthenticationHeader(ah.bytes(), router.isUnicast())
                : null;
        password = router.authentication() instanceof Authentication.Password secret ? secret.bytes() : new byte[8];
        authenticationType = switch (router.authentication()) {
            case Authentication.None none -> 0;
            case Authentication.Password simple -> 1;
            case Authentication.Header ah -> 2;
        };
    }

    public static RouterSecrets of(VirtualRouter router) {
        return new RouterSecrets(router);
    }

    /** Whether what one router signs and checks with does for the other, with the numbers it has come to. */
    public static boolean isSame(VirtualRouter one, VirtualRouter other) {
        return one.authentication().equals(other.authentication())
                && one.hmac().equals(other.hmac())
                && one.transport().equals(other.transport())
                && one.advertInterval().equals(other.advertInterval());
    }

    @Nullable
    HmacTrailer trailer() {
        return trailer;
    }

    @Nullable
    AuthenticationHeader header() {
        return header;
    }

    /** Not to be changed. */
    byte[] password() {
        return password;
    }

    int authenticationType() {
        return authenticationType;
    }
}
