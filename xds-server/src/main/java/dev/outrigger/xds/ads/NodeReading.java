// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.xds.node.NodeIdentity;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the node of a stream's first request; of later ones, whether it is still the same. */
final class NodeReading {
    private static final int ID_TAG =
            Node.ID_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int CLUSTER_TAG =
            Node.CLUSTER_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private NodeReading() {}

    static NodeIdentity read(@Nullable ByteString said, int limitBytes) throws ProtocolViolation {
        if (said == null) {
            throw invalid("the first request names no node.id");
        }
        if (said.size() > limitBytes) {
            throw invalid(
                    "the node has "
                            + said.size()
                            + " bytes (expected: at most "
                            + limitBytes
                            + ")");
        }
        try {
            var node = Node.parseFrom(said);
            if (node.getId().isEmpty()) {
                throw invalid("the first request names no node.id");
            }
            requireOneLine("node.id", node.getId());
            requireOneLine("node.cluster", node.getCluster());
            return NodeIdentity.from(node);
        } catch (InvalidProtocolBufferException e) {
            throw invalid("the node cannot be read: " + e.getMessage());
        }
    }

    /** Looks at nothing but the two fields, since most of a node is much and does not matter. */
    static void requireSame(NodeIdentity node, ByteString said) throws ProtocolViolation {
        var id = "";
        var cluster = "";
        try {
            var in = CodedInputStream.newInstance(said.asReadOnlyByteBuffer());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == ID_TAG) {
                    id = in.readStringRequireUtf8();
                } else if (tag == CLUSTER_TAG) {
                    cluster = in.readStringRequireUtf8();
                } else if (!in.skipField(tag)) {
                    throw invalid("the node cannot be read");
                }
            }
        } catch (IOException e) {
            throw invalid("the node cannot be read: " + e.getMessage());
        }
        if (!id.equals(node.id()) || !cluster.equals(node.cluster())) {
            throw invalid("the node changed from '" + node.id() + "' to " + Quoted.of(id));
        }
    }

    /** Both are in logs, on terminals and in metrics: a name must not look like another line. */
    private static void requireOneLine(String field, String name) throws ProtocolViolation {
        if (name.codePoints().anyMatch(Quoted::breaksLine)) {
            throw invalid(
                    field
                            + ": "
                            + Quoted.of(name)
                            + " has characters that break a line (expected: none)");
        }
    }

    private static ProtocolViolation invalid(String message) {
        return new ProtocolViolation(ProtocolViolation.Kind.INVALID, message);
    }
}
