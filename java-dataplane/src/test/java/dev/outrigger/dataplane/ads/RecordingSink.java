// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Remembers what came and answers as told. */
final class RecordingSink implements ResourceSink {
    final List<List<Resource>> states = new ArrayList<>();
    final List<List<Resource>> changes = new ArrayList<>();
    final List<List<String>> removals = new ArrayList<>();
    Optional<String> refusal = Optional.empty();
    int failures;

    @Override
    public Optional<String> onState(List<Resource> resources, String versionInfo) {
        states.add(resources);
        return refusal;
    }

    @Override
    public Optional<String> onDelta(
            List<Resource> changed, List<String> removed, String systemVersionInfo) {
        changes.add(changed);
        removals.add(removed);
        return refusal;
    }

    @Override
    public void onStreamFailure() {
        failures++;
    }
}
