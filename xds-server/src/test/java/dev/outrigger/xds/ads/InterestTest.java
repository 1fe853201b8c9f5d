// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.resource.ResourceType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom a change concerns. */
class InterestTest {
    private final Snapshots snapshots =
            new Snapshots().put(CLUSTER, "A", "1").put(ENDPOINT, "A", "1").put(ROUTE, "A", "1");

    @Test
    void onlyWhatIsSubscribedToConcernsAStream() {
        var interest = interest(ENDPOINT, "A", "Z");
        var before = snapshots.snapshot();
        var others = snapshots.put(ENDPOINT, "B", "1").put(ROUTE, "A", "2").snapshot();
        assertThat(interest.isTouched(before, others)).isFalse();

        var changed = snapshots.put(ENDPOINT, "A", "2").snapshot();
        assertThat(interest.isTouched(others, changed)).isTrue();
        var added = snapshots.put(ENDPOINT, "Z", "1").snapshot();
        assertThat(interest.isTouched(changed, added)).isTrue();
        var removed = snapshots.remove(ENDPOINT, "Z").snapshot();
        assertThat(interest.isTouched(added, removed)).isTrue();
        assertThat(interest.isTouched(removed, snapshots.snapshot())).isFalse();
    }

    @Test
    void everythingOfATypeConcernsWhoSubscribesToEverything() {
        var interest = interest(CLUSTER, "*");
        var before = snapshots.snapshot();

        assertThat(interest.isTouched(before, snapshots.put(ROUTE, "B", "1").snapshot())).isFalse();
        assertThat(interest.isTouched(before, snapshots.put(CLUSTER, "B", "1").snapshot()))
                .isTrue();
    }

    @Test
    void theFirstSnapshotConcernsEverybody() {
        assertThat(Interest.NONE.isTouched(null, snapshots.snapshot())).isTrue();
    }

    @Test
    void equalNamesAreOneSet() {
        var names = new NameSets();
        var one = names.share(NameSet.of(List.of("b", "a")));

        assertThat(names.share(NameSet.of(List.of("a", "b", "a")))).isSameAs(one);
        assertThat(one.with(List.of("a"))).isSameAs(one);
        assertThat(one.with(List.of("c")).without(List.of("c"))).isEqualTo(one);
        assertThat(one.contains("a")).isTrue();
        assertThat(one.contains("c")).isFalse();
    }

    @Test
    void findsTheSetThatOthersHaveWhateverTheOrder() {
        var sets = new NameSets();
        var first = sets.of(List.of("b", "a", "b"));

        assertThat(sets.of(List.of("a", "b"))).isSameAs(first);
        assertThat(sets.share(NameSet.of(List.of("b", "a")))).isSameAs(first);
        assertThat(sets.of(List.of("a", "c"))).isNotSameAs(first).isNotEqualTo(first);
        assertThat(first.asList()).containsExactly("a", "b");
    }

    private static Interest interest(ResourceType type, String... names) {
        var state = new DeltaType(type, StreamLimits.DEFAULT, new NameSets());
        state.begin(List.of(names), List.of(), java.util.Map.of());
        return Interest.of(List.of(state), Interest.NONE);
    }
}
