package io.steelyard.config.haproxy.expression;

import java.util.List;

/**
 * What stands behind {@code if} or {@code unless}. Immutable and safe for all threads.
 *
 * @param isUnless whether the rule is for when it does not hold
 * @param alternatives it holds where all terms of any of these hold; none for a rule without a condition, which always applies
 */
public record Condition(boolean isUnless, List<List<Term>> alternatives) {
    /** Of a rule without a condition. */
    public static final Condition ALWAYS = new Condition(false, List.of());

    /**
     * An ACL by name, or one in braces.
     *
     * @param isNegated whether {@code !} stands before it
     * @param name as written; empty for one in braces
     * @param any the ACLs of that name, of which one must hold
     */
    public record Term(boolean isNegated, String name, List<Acl> any) {
        public Term {
            any = List.copyOf(any);
        }

        Verdict ask(SampleSource source) {
            var verdict = Verdict.FAILS;
            for (var acl : any) {
                verdict = verdict.or(acl.ask(source));
            }
            return isNegated ? verdict.not() : verdict;
        }
    }

    public Condition {
        alternatives = alternatives.stream().map(List::copyOf).toList();
    }

    /** Whether the rule applies now, as far as that is known. */
    public Verdict ask(SampleSource source) {
        if (alternatives.isEmpty()) {
            return Verdict.HOLDS;
        }
        var verdict = Verdict.FAILS;
        for (var terms : alternatives) {
            var all = Verdict.HOLDS;
            for (int i = 0; i < terms.size() && all == Verdict.HOLDS; i++) {
                all = terms.get(i).ask(source);
            }
            verdict = verdict.or(all);
            if (verdict == Verdict.HOLDS) {
                break;
            }
        }
        return isUnless ? verdict.not() : verdict;
    }

    /** Whether the rule applies now. */
    public boolean applies(SampleSource source) {
        return ask(source) == Verdict.HOLDS;
    }

    /** Every ACL it asks. */
    public List<Acl> acls() {
        return alternatives.stream()
                .flatMap(List::stream)
                .flatMap(term -> term.any().stream())
                .toList();
    }
}
