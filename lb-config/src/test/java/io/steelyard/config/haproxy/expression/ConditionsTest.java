package io.steelyard.config.haproxy.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.pool.ServerAddress;
import java.io.FileNotFoundException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {
    /** A request whose facts every test knows. */
    private static final SampleSource REQUEST = fetch -> switch (fetch.method().name()) {
        case "src" -> List.of(new Sample.Addr(ServerAddress.numericAddress("10.1.2.3")));
        case "dst_port" -> List.of(new Sample.Sint(8080));
        case "path" -> List.of(new Sample.Str("/api/v1/items/42"));
        case "method" -> List.of(new Sample.Method("GET"));
        case "ssl_fc" -> List.of(new Sample.Bool(true));
        case "req.hdr" ->
            fetch.argument(0).equalsIgnoreCase("host")
                    ? List.of(new Sample.Str("www.Example.com:8080"))
                    : fetch.argument(0).equals("x")
                            ? List.of(new Sample.Str("one"), new Sample.Str("two"), new Sample.Str("17"))
                            : List.of();
        default -> List.of();
    };

    private static Conditions conditions() {
        return new Conditions(file -> switch (file) {
            case "nets" -> List.of("# office", "10.1.0.0/16", "", "192.168.0.0/16");
            default -> throw new FileNotFoundException(file);
        });
    }

    private static boolean holds(String acl) throws MalformedConditionException {
        var all = conditions();
        return all.read(List.of(("if { " + acl + " }").split(" "))).applies(REQUEST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "src 10.1.2.3;true",
                "src 10.0.0.0/8;true",
                "src 10.1.0.0/255.255.0.0;true",
                "src 10.2.0.0/16 10.1.2.0/24;true",
                "src 11.0.0.0/8;false",
                "src ::/0;false",
                "src -f nets;true",
                "src -f nets 11.0.0.0/8;true",
                "dst_port 8080;true",
                "dst_port 80 443;false",
                "dst_port 8000:8999;true",
                "dst_port :8079;false",
                "dst_port gt 8000;true",
                "dst_port ge 8081 lt 10;false",
                "path /api/v1/items/42;true",
                "path /api;false",
                "path_beg /api/;true",
                "path_beg -i /API/;true",
                "path_beg /API/;false",
                "path_end 42 43;true",
                "path_sub v1/it;true",
                "path_dir v1;true",
                "path_dir /v1/items/;true",
                "path_dir v;false",
                "path_reg ^/api/v[0-9]+/;true",
                "path_reg -i ^/API;true",
                "path_len 16;true",
                "path_len 1:15;false",
                "path -m beg /api;true",
                "path -m found;true",
                "hdr(host) -i www.example.com:8080;true",
                "hdr_dom(host) -i example.com;true",
                "hdr_dom(host) -i ample.com;false",
                "hdr(host),lower,field(1,:) www.example.com;true",
                "req.hdr(x) two;true",
                "req.hdr(x) -m int ge 17;true",
                "req.hdr(y) -m found;false",
                "req.hdr(y),length 0;false",
                "hdr(x),upper -m beg TW;true",
                "method GET POST;true",
                "method POST;false",
                "ssl_fc;true",
                "ssl_fc,not;false",
                "always_false;false",
                "int(5) 5;true",
                "str(a) b;false",
                "src,ipmask(16) 10.1.0.0;true",
                "src -m str 10.1.2.3;true",
                "path,regsub(/api/,/) -m beg /v1;true",
                "path -- -x;false",
            })
    void anAclHolds(String acl, boolean expected) throws MalformedConditionException {
        assertThat(holds(acl)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "if a;true",
                "if b;false",
                "unless a;false",
                "unless b;true",
                "if a b;false",
                "if a !b;true",
                "if ! b;true",
                "if !!a;true",
                "if b || a;true",
                "if b or b;false",
                "if b a || a !b;true",
                "unless b || b;true",
                "if { path_beg /x } || { path_beg /api };true",
                "if !{ path_beg /x } a;true",
                "if METH_GET LOCALHOST;false",
                "if METH_GET TRUE !FALSE;true",
            })
    void conditionsJoinAcls(String text, boolean expected) throws MalformedConditionException {
        var all = conditions();
        all.add(List.of("a", "src", "10.0.0.0/8"));
        all.add(List.of("b", "src", "11.0.0.0/8"));
        assertThat(all.read(List.of(text.split(" "))).applies(REQUEST)).isEqualTo(expected);
    }

    @Test
    void aclsOfOneNameAreAlternatives() throws MalformedConditionException {
        var all = conditions();
        all.add(List.of("a", "src", "11.0.0.0/8"));
        all.add(List.of("a", "dst_port", "8080"));
        assertThat(all.read(List.of("if", "a")).applies(REQUEST)).isTrue();
    }

    @Test
    void aRuleWithoutAConditionAlwaysApplies() throws MalformedConditionException {
        assertThat(conditions().read(List.of()).applies(REQUEST)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "if;1;the condition ends before an ACL",
                "if a;1;unknown ACL 'a'",
                "if { src;1;'{' has no '}'",
                "if { nosuch };2;unknown fetch method 'nosuch'",
                "if { src,nosuch };2;unknown converter 'nosuch'",
                "if { src 10.0.0.256 };3;'10.0.0.256' cannot be matched by ip",
                "if { src 10.0.0.0/33 };3;'10.0.0.0/33' cannot be matched by ip",
                "if { dst_port x };3;'x' cannot be matched by int",
                "if { path_reg ( };3;'(' cannot be matched by reg",
                "if { path -m nosuch };4;unknown match method 'nosuch'",
                "if { path -x };3;an ACL has no flag '-x'",
                "if { path -f gone };4;file 'gone' cannot be read",
                "if { hdr(a,b,c) x };2;fetch method 'hdr' has 3 arguments, expected 0 to 2",
                "if { path,field(1) x };2;converter 'field' has 1 arguments, expected 2 to 3",
                "if { path,field(0,/) x };2;the first argument of field is 0",
                "if || TRUE;1;'||' has nothing before it",
                "if TRUE ||;3;the condition ends before an ACL",
                "when a;0;'when' stands where 'if' or 'unless' is expected",
            })
    void faultsAreToldWithTheirWord(String text, int word, String told) {
        assertThatThrownBy(() -> conditions().read(List.of(text.split(" "))))
                .isInstanceOfSatisfying(MalformedConditionException.class, wrong -> {
                    assertThat(wrong.what()).startsWith(told);
                    assertThat(wrong.word()).isEqualTo(word);
                });
    }
}
