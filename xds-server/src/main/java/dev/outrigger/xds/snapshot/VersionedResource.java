// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A resource as it goes to proxies: serialised once, shared by every stream and group that has it.
 * Immutable, any thread.
 */
public final class VersionedResource {
    private final ResourceType type;
    private final String name;
    private final String version;
    private final ByteString value;
    private final String endpointsName;
    private final List<String> aliases;
    private final SortedSet<PolicyId> provenance;

    // Made when first sent in that variant. Two threads may make it twice, which is harmless: a
    // ByteString is safe to hand over by a race.
    private @Nullable ByteString sotwHead;
    private @Nullable ByteString deltaHead;

    /**
     * @param value the message's bytes
     * @param endpointsName the assignment a cluster gets by EDS; empty for others
     * @param aliases other names a virtual host goes by; empty for others
     * @param provenance the documents whose content it holds
     */
    public VersionedResource(
            ResourceType type,
            String name,
            String version,
            ByteString value,
            String endpointsName,
            List<String> aliases,
            SortedSet<PolicyId> provenance) {
        this.type = type;
        this.name = name;
        this.version = version;
        this.value = value;
        this.endpointsName = endpointsName;
        this.aliases = List.copyOf(aliases);
        this.provenance = provenance;
    }

    public ResourceType type() {
        return type;
    }

    public String name() {
        return name;
    }

    public String version() {
        return version;
    }

    /** The message's bytes. */
    public ByteString value() {
        return value;
    }

    public String endpointsName() {
        return endpointsName;
    }

    public List<String> aliases() {
        return aliases;
    }

    public SortedSet<PolicyId> provenance() {
        return provenance;
    }

    /** As a message; a new object each time. */
    public Any any() {
        return Any.newBuilder().setTypeUrl(type.typeUrl()).setValue(value).build();
    }

    /**
     * What stands before {@link #value} where it is an entry of a {@code DiscoveryResponse}'s
     * {@code resources}: both together are the whole field.
     */
    public ByteString sotwHead() {
        var head = sotwHead;
        if (head == null) {
            head = ResourceEncoding.sotwHead(this);
            sotwHead = head;
        }
        return head;
    }

    /** The same for a {@code DeltaDiscoveryResponse}. */
    public ByteString deltaHead() {
        var head = deltaHead;
        if (head == null) {
            head = ResourceEncoding.deltaHead(this);
            deltaHead = head;
        }
        return head;
    }

    /** Its exact size in a delta response, and some bytes more than that in the other variant. */
    public int sizeBytes() {
        return deltaHead().size() + value.size();
    }

    /**
     * Whether it differs from another in nothing. Provenance is looked at last: it may have to be
     * gathered first.
     */
    @SuppressWarnings("ReferenceEquality") // A short cut to the same answer.
    public boolean isSame(VersionedResource other) {
        return this == other
                || (type == other.type
                        && version.equals(other.version)
                        && name.equals(other.name)
                        && endpointsName.equals(other.endpointsName)
                        && (provenance == other.provenance || provenance.equals(other.provenance)));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VersionedResource that && isSame(that);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, name, version);
    }

    @Override
    public String toString() {
        return type.shortName() + " " + name + " " + version;
    }
}
