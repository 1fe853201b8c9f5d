// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicyId;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.SortedSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Documents that are gathered only when somebody asks: of ten thousand services, for one rejection
 * a year. Immutable, any thread.
 */
@SuppressWarnings("JdkObsolete") // A resource's provenance is a SortedSet; nobody navigates it.
final class Provenance extends AbstractSet<PolicyId> implements SortedSet<PolicyId> {
    private final Supplier<SortedSet<PolicyId>> gather;

    /** Set by whoever asks first; another thread may gather the same again. */
    private volatile @Nullable SortedSet<PolicyId> gathered;

    /**
     * @param gather from immutable values only
     */
    Provenance(Supplier<SortedSet<PolicyId>> gather) {
        this.gather = gather;
    }

    private SortedSet<PolicyId> documents() {
        var known = gathered;
        if (known == null) {
            known = Collections.unmodifiableSortedSet(gather.get());
            gathered = known;
        }
        return known;
    }

    @Override
    public Iterator<PolicyId> iterator() {
        return documents().iterator();
    }

    @Override
    public int size() {
        return documents().size();
    }

    @Override
    public boolean contains(Object document) {
        return documents().contains(document);
    }

    @Override
    public @Nullable Comparator<? super PolicyId> comparator() {
        return null; // Natural order.
    }

    @Override
    public SortedSet<PolicyId> subSet(PolicyId from, PolicyId to) {
        return documents().subSet(from, to);
    }

    @Override
    public SortedSet<PolicyId> headSet(PolicyId to) {
        return documents().headSet(to);
    }

    @Override
    public SortedSet<PolicyId> tailSet(PolicyId from) {
        return documents().tailSet(from);
    }

    @Override
    public PolicyId first() {
        return documents().first();
    }

    @Override
    public PolicyId last() {
        return documents().last();
    }
}
