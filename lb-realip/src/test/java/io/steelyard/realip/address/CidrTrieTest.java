package io.steelyard.realip.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.proxy.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CidrTrieTest {
    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    private static CidrTrie<String> of(String... networks) {
        var builder = CidrTrie.<String>builder();
        for (var network : networks) {
            builder.add(Network.parse(network), network);
        }
        return builder.build();
    }

    @Test
    void theLongestPrefixWins() throws Exception {
        var trie = of("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "2001:db8::/32", "2001:db8::1/128");

        assertThat(trie.find(address("9.9.9.9"))).isEqualTo("0.0.0.0/0");
        assertThat(trie.find(address("10.9.9.9"))).isEqualTo("10.0.0.0/8");
        assertThat(trie.find(address("10.1.9.9"))).isEqualTo("10.1.0.0/16");
        assertThat(trie.find(address("10.1.2.3"))).isEqualTo("10.1.2.3/32");
        assertThat(trie.find(address("2001:db8::2"))).isEqualTo("2001:db8::/32");
        assertThat(trie.find(address("2001:db8::1"))).isEqualTo("2001:db8::1/128");
        assertThat(trie.find(address("2001:db9::1"))).isNull();
        assertThat(trie.size()).isEqualTo(6);
    }

    @Test
    void familiesDoNotMix() throws Exception {
        assertThat(of("::/0").find(address("10.0.0.1"))).isNull();
        assertThat(of("0.0.0.0/0").find(address("::1"))).isNull();
        assertThat(of("::/0").find(address("fe80::1"))).isEqualTo("::/0");
    }

    @Test
    void anEmptyTrieHoldsNothing() throws Exception {
        var trie = of();

        assertThat(trie.find(address("10.0.0.1"))).isNull();
        assertThat(trie.find(address("::"))).isNull();
        assertThat(trie.size()).isZero();
    }

    @Test
    void aNetworkAddedAgainGetsTheNewValue() throws Exception {
        var trie = CidrTrie.<String>builder()
                .add(Network.parse("10.1.2.3/8"), "old")
                .add(Network.parse("10.0.0.0/8"), "new")
                .build();

        assertThat(trie.find(address("10.200.0.1"))).isEqualTo("new");
        assertThat(trie.size()).isEqualTo(1);
    }

    @Test
    void refusesAPrefixLongerThanTheAddress() {
        assertThatThrownBy(() -> CidrTrie.<String>builder().add(address("10.0.0.0"), 33, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 to 32");
    }

    @Test
    void findsAddressesInTextWithoutMakingAny() {
        var trie = of("10.0.0.0/8", "2001:db8::/32");
        var reader = new AddressReader();
        var text = "for 10.1.2.3, 2001:db8::5, 10.1.2.03".getBytes(StandardCharsets.US_ASCII);

        assertThat(trie.find(text, 4, 12, reader)).isEqualTo("10.0.0.0/8");
        assertThat(trie.find(text, 14, 25, reader)).isEqualTo("2001:db8::/32");
        assertThat(trie.find(text, 27, 36, reader)).isNull();
    }

    /** Every answer is the one a scan over all networks gives, the last of equal ones counting. */
    @Test
    void agreesWithAScanOverAllNetworks() throws Exception {
        var random = new Random(20261121);
        for (int round = 0; round < 60; round++) {
            var networks = randomNetworks(random, round);
            var builder = CidrTrie.<Integer>builder();
            for (int i = 0; i < networks.size(); i++) {
                builder.add(networks.get(i), i);
            }
            var trie = builder.build();
            for (int probe = 0; probe < 300; probe++) {
                var address = probe % 2 == 0 ? near(networks, random) : randomAddress(random);
                assertThat(trie.find(address))
                        .as(() -> address + " in " + networks)
                        .isEqualTo(scan(networks, address));
            }
        }
    }

    private static List<Network> randomNetworks(Random random, int round) throws UnknownHostException {
        var networks = new ArrayList<Network>();
        int count = round == 0 ? 0 : 1 + random.nextInt(round * 5);
        for (int i = 0; i < count; i++) {
            var address = random.nextInt(3) > 0 && !networks.isEmpty() ? near(networks, random) : randomAddress(random);
            networks.add(new Network(address, random.nextInt(address.getAddress().length * 8 + 1)));
        }
        return networks;
    }

    private static InetAddress randomAddress(Random random) throws UnknownHostException {
        var bytes = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(bytes);
        bytes[0] |= 0x20; // never a mapped IPv4 address
        return InetAddress.getByAddress(bytes);
    }

    private static InetAddress near(List<Network> networks, Random random) throws UnknownHostException {
        if (networks.isEmpty()) {
            return randomAddress(random);
        }
        var bytes = networks.get(random.nextInt(networks.size())).address().getAddress();
        int bit = random.nextInt(bytes.length * 8);
        bytes[bit / 8] ^= (byte) (0x80 >> bit % 8);
        bytes[0] |= 0x20;
        return InetAddress.getByAddress(bytes);
    }

    private static @Nullable Integer scan(List<Network> networks, InetAddress address) {
        var best = new HashMap<Integer, Integer>();
        for (int i = 0; i < networks.size(); i++) {
            if (networks.get(i).contains(address)) {
                best.put(networks.get(i).prefix(), i);
            }
        }
        return best.keySet().stream().max(Integer::compare).map(best::get).orElse(null);
    }
}
