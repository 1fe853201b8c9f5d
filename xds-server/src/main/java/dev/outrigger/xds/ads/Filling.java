// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** One message's worth. Something always fits, or it would never be sent. */
final class Filling {
    /** Of a name beside its bytes, which are rarely more than its characters. */
    private static final int NAME_OVERHEAD = 8;

    private final long capacityBytes;
    private long bytes;

    Filling(int capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /** The first of them. */
    List<VersionedResource> resources(List<VersionedResource> due) {
        int count = 0;
        for (VersionedResource resource : due) {
            if (!fits(resource.sizeBytes())) {
                break;
            }
            count++;
        }
        return count == due.size() ? due : List.copyOf(due.subList(0, count));
    }

    List<String> names(Collection<String> due) {
        var names = new ArrayList<String>();
        for (String name : due) {
            if (!fits(name.length() + NAME_OVERHEAD)) {
                break;
            }
            names.add(name);
        }
        return names;
    }

    private boolean fits(long size) {
        if (bytes > 0 && bytes + size > capacityBytes) {
            bytes = capacityBytes;
            return false;
        }
        bytes += size;
        return true;
    }
}
