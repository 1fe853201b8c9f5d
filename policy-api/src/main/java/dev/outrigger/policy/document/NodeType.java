// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

/** The types a value of a document can have. */
public enum NodeType {
    STRING,
    INTEGER,
    DECIMAL,
    BOOLEAN,
    OBJECT,
    LIST
}
