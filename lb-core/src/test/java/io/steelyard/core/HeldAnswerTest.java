package io.steelyard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.pool.HostNames;
import io.steelyard.pool.HostNames.Failure;
import io.steelyard.pool.HostNames.Found;
import io.steelyard.pool.HostNames.NoAnswerException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeldAnswerTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> told = new ArrayList<>();
    private List<Found> known = List.of();
    private Failure failure = Failure.UNKNOWN;
    private List<InetAddress> ofSystem = List.of();
    private int questions;

    private HeldAnswer name(NameSlot.Start start) {
        var holds = new NameSlot.Holds(
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(40),
                Duration.ofSeconds(50),
                Duration.ofSeconds(3));
        var usual = NameSlot.DEFAULT;
        var slot = new NameSlot(
                "d",
                usual.tries(),
                usual.tryTimeout(),
                Duration.ofSeconds(2),
                512,
                holds,
                false,
                List.of(),
                false,
                false,
                start);
        var lookup = NameLookup.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53))
                .withSlot(slot);
        return new HeldAnswer("a.example", 80, lookup, new Asked(), told::add);
    }

    private HeldAnswer startingWithout() {
        return name(new NameSlot.Start(false, Optional.empty(), true));
    }

    private final class Asked implements HostNames.Resolver {
        @Override
        public List<InetAddress> resolve(String host) throws UnknownHostException {
            if (ofSystem.isEmpty()) {
                throw new UnknownHostException(host);
            }
            return ofSystem;
        }

        @Override
        public HostNames.Answer find(String host, int port, NameLookup lookup) throws UnknownHostException {
            questions++;
            if (known.isEmpty()) {
                throw new NoAnswerException(failure, "why");
            }
            return new HostNames.Answer(known, Duration.ofSeconds(10));
        }
    }

    private static Found at(String address) {
        return new Found(ServerAddress.numericAddress(address), 80, 0, 0);
    }

    @Test
    void aGoodAnswerIsUsedForAsLongAsItHolds() throws Exception {
        var name = startingWithout();
        assertThat(name.known(0).servers()).isEmpty();
        assertThat(questions).isZero();
        known = List.of(at("10.0.0.1"));
        assertThat(name.ask(0).servers()).containsExactly(at("10.0.0.1"));
        known = List.of(at("10.0.0.2"));
        assertThat(name.ask(10 * SECOND - 1).validFor()).isEqualTo(Duration.ofNanos(1));
        assertThat(questions).isEqualTo(1);
        assertThat(name.ask(10 * SECOND).servers()).contains(at("10.0.0.2"));
        assertThat(questions).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void afterAFailureTheLastGoodAnswerIsUsedUntilItsHoldIsOver(Failure kind) throws Exception {
        var name = startingWithout();
        known = List.of(at("10.0.0.1"));
        name.ask(0);
        known = List.of();
        failure = kind;
        long holdNs = (20 + 10 * kind.ordinal()) * SECOND;
        var kept = name.ask(10 * SECOND);
        assertThat(kept.servers()).containsExactly(at("10.0.0.1"));
        assertThat(kept.validFor()).isEqualTo(Duration.ofSeconds(2));
        kept = name.ask(holdNs - 1);
        assertThat(kept.servers()).containsExactly(at("10.0.0.1"));
        assertThat(kept.validFor()).isEqualTo(Duration.ofNanos(1));
        assertThat(told).containsExactly("host name 'a.example' has addresses");
        assertThat(name.ask(holdNs).servers()).isEmpty();
        assertThat(told).last().isEqualTo("host name 'a.example' has no address: why");
        known = List.of(at("10.0.0.1"));
        assertThat(name.ask(holdNs + 2 * SECOND).servers()).isNotEmpty();
        assertThat(told).last().isEqualTo("host name 'a.example' has addresses again");
    }

    @Test
    void anAddressThatIsMissingIsUsedUntilItIsObsolete() throws Exception {
        var name = startingWithout();
        known = List.of(at("10.0.0.1"), at("10.0.0.2"));
        name.ask(0);
        known = List.of(at("10.0.0.2"));
        assertThat(name.ask(10 * SECOND).servers())
                .as("it was seen ten seconds ago")
                .containsExactly(at("10.0.0.2"));
        known = List.of(at("10.0.0.3"));
        assertThat(name.ask(20 * SECOND).servers()).containsExactly(at("10.0.0.3"));
    }

    @Test
    void theBeginningIsWhatTheSystemKnowsOrAnAddressOrNothingOrARefusal() throws Exception {
        var given = Optional.of(ServerAddress.numericAddress("10.0.0.9"));
        assertThat(name(new NameSlot.Start(true, given, false)).known(0).servers())
                .containsExactly(at("10.0.0.9"));
        assertThat(name(new NameSlot.Start(true, Optional.empty(), true))
                        .known(0)
                        .servers())
                .isEmpty();
        assertThatThrownBy(() -> name(NameSlot.Start.SYSTEM).known(0)).isInstanceOf(UnknownHostException.class);
        ofSystem = List.of(ServerAddress.numericAddress("10.0.0.8"));
        var name = name(new NameSlot.Start(true, given, false));
        assertThat(name.known(0).servers()).containsExactly(at("10.0.0.8"));
        assertThat(questions).isZero();
        assertThat(name.known(0).validFor())
                .as("name servers are asked at once")
                .isEqualTo(Duration.ofNanos(1));
    }
}
