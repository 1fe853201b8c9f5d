// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.memory;

import com.google.protobuf.ByteString;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.xds.node.ClientKind;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.reconcile.Refusal;
import dev.outrigger.xds.reconcile.Remembered;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * A group's state as bytes: a magic number, the group, the state, and a checksum of all that. What
 * is not exactly as it was written is no state.
 */
final class RememberedEncoding {
    private static final int MAGIC = 0x4F525232;
    private static final int MAX_ENTRIES = 1 << 28;

    private RememberedEncoding() {}

    /**
     * A state and whose it is.
     *
     * @param group so that two groups can never be mistaken for each other
     */
    record Entry(NodeGroupKey group, Remembered state) {}

    static byte[] encode(Entry entry) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            ids(out, entry.group().documents());
            text(out, entry.group().client().name());
            refusals(out, entry.state().refusals());
            texts(out, entry.state().stopped());
            out.writeBoolean(entry.state().good().isPresent());
            if (entry.state().good().isPresent()) {
                good(out, entry.state().good().get());
            }
            texts(out, entry.state().first());
            out.flush();
            out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new IllegalStateException("in memory", e);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws IOException if these are not the bytes of a state
     */
    static Entry decode(byte[] bytes) throws IOException {
        int length = bytes.length - Long.BYTES;
        if (length < Integer.BYTES) {
            throw new IOException("too short: " + bytes.length + " bytes");
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("not a rollout's state");
            }
            var end = new DataInputStream(new ByteArrayInputStream(bytes, length, Long.BYTES));
            if (end.readLong() != checksum(bytes, length)) {
                throw new IOException("damaged: the checksum differs");
            }
            var documents = ids(in);
            var group = new NodeGroupKey(documents, ClientKind.valueOf(text(in)));
            var refusals = refusals(in);
            var stopped = texts(in);
            Optional<Remembered.Good> good =
                    in.readBoolean() ? Optional.of(good(in)) : Optional.empty();
            return new Entry(
                    group, new Remembered(refusals, stopped, good, new TreeSet<>(texts(in))));
        } catch (IllegalArgumentException e) {
            throw new IOException("holds what is unknown here: " + e.getMessage(), e);
        }
    }

    private static long checksum(byte[] bytes, int length) {
        var sum = new CRC32C();
        sum.update(bytes, 0, length);
        return sum.getValue();
    }

    private static void refusals(DataOutputStream out, List<Refusal> refusals) throws IOException {
        out.writeInt(refusals.size());
        for (Refusal refusal : refusals) {
            text(out, refusal.type().name());
            texts(out, refusal.versions().keySet());
            texts(out, refusal.versions().values());
            text(out, refusal.responseVersion());
            text(out, refusal.error());
            out.writeLong(refusal.revision());
            instant(out, refusal.since());
            out.writeInt(refusal.fields().size());
            for (PolicyField field : refusal.fields()) {
                ids(out, List.of(field.document()));
                text(out, field.pointer());
            }
            texts(out, refusal.nodes());
        }
    }

    private static List<Refusal> refusals(DataInputStream in) throws IOException {
        var refusals = new ArrayList<Refusal>();
        for (int left = count(in); left > 0; left--) {
            var type = ResourceType.valueOf(text(in));
            var names = texts(in);
            var versionsOfNames = texts(in);
            var versions = new TreeMap<String, String>();
            for (int i = 0; i < names.size(); i++) {
                versions.put(names.get(i), versionsOfNames.get(i));
            }
            var responseVersion = text(in);
            var error = text(in);
            long revision = in.readLong();
            var since = instant(in);
            var fields = new ArrayList<PolicyField>();
            for (int more = count(in); more > 0; more--) {
                fields.add(new PolicyField(ids(in).getFirst(), text(in)));
            }
            refusals.add(
                    new Refusal(
                            type,
                            versions,
                            responseVersion,
                            error,
                            revision,
                            since,
                            fields,
                            new TreeSet<>(texts(in))));
        }
        return refusals;
    }

    private static void good(DataOutputStream out, Remembered.Good good) throws IOException {
        out.writeLong(good.revision());
        out.writeBoolean(good.firstGiven().isPresent());
        if (good.firstGiven().isPresent()) {
            instant(out, good.firstGiven().get());
        }
        out.writeInt(good.content().size());
        for (Map.Entry<ResourceType, TypeResources> type : good.content().entrySet()) {
            text(out, type.getKey().name());
            out.writeInt(type.getValue().size());
            for (VersionedResource resource : type.getValue().byName().values()) {
                text(out, resource.name());
                text(out, resource.version());
                out.writeInt(resource.value().size());
                resource.value().writeTo(out);
                text(out, resource.endpointsName());
                texts(out, resource.aliases());
                ids(out, resource.provenance());
            }
        }
    }

    private static Remembered.Good good(DataInputStream in) throws IOException {
        long revision = in.readLong();
        Optional<Instant> firstGiven =
                in.readBoolean() ? Optional.of(instant(in)) : Optional.empty();
        var content = new EnumMap<ResourceType, TypeResources>(ResourceType.class);
        for (int types = count(in); types > 0; types--) {
            var type = ResourceType.valueOf(text(in));
            var resources = new ArrayList<VersionedResource>();
            for (int left = count(in); left > 0; left--) {
                var name = text(in);
                var version = text(in);
                var value = ByteString.copyFrom(in.readNBytes(count(in)));
                resources.add(
                        new VersionedResource(
                                type,
                                name,
                                version,
                                value,
                                text(in),
                                texts(in),
                                new TreeSet<>(ids(in))));
            }
            content.put(type, TypeResources.of(resources));
        }
        return new Remembered.Good(revision, firstGiven, content);
    }

    private static void ids(DataOutputStream out, Collection<PolicyId> ids) throws IOException {
        out.writeInt(ids.size());
        for (PolicyId id : ids) {
            text(out, id.kind());
            text(out, id.namespace());
            text(out, id.name());
        }
    }

    private static List<PolicyId> ids(DataInputStream in) throws IOException {
        var ids = new ArrayList<PolicyId>();
        for (int left = count(in); left > 0; left--) {
            ids.add(new PolicyId(text(in), text(in), text(in)));
        }
        return ids;
    }

    private static void texts(DataOutputStream out, Collection<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            text(out, text);
        }
    }

    private static List<String> texts(DataInputStream in) throws IOException {
        var texts = new ArrayList<String>();
        for (int left = count(in); left > 0; left--) {
            texts.add(text(in));
        }
        return texts;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(count(in)), StandardCharsets.UTF_8);
    }

    private static void instant(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    private static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    /** The checksum was right, so this only guards against our own mistakes. */
    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_ENTRIES) {
            throw new IOException("count: " + count + " (expected: 0.." + MAX_ENTRIES + ")");
        }
        return count;
    }
}
