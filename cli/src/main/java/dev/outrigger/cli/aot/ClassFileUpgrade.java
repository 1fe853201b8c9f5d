// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.aot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Gives the class files of old jars the format of Java 8, with stack maps. A class older than
 * format 50 is verified by inference, which an AOT cache cannot record: picocli's classes alone
 * would cost every short command a tenth of a second. Code and behaviour stay what they are.
 *
 * <p>The launcher runs it on the built jars before it makes the caches.
 */
public final class ClassFileUpgrade {
    /** The first format that is verified by stack maps (JVMS 4.10). */
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private static final ClassTransform UPGRADE =
            ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                    .andThen((builder, element) -> {
                        if (element instanceof ClassFileVersion) {
                            builder.with(ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0));
                        } else {
                            builder.with(element);
                        }
                    });

    private final ClassFile reader;

    /**
     * @param classes where the superclasses of the classes to be upgraded are found
     */
    ClassFileUpgrade(ClassLoader classes) {
        this.reader =
                ClassFile.of(
                        ClassHierarchyResolverOption.of(
                                ClassHierarchyResolver.ofResourceParsing(classes)),
                        ConstantPoolSharingOption.NEW_POOL,
                        StackMapsOption.GENERATE_STACK_MAPS);
    }

    /**
     * @param arguments the jars to upgrade, all of them on the class path of this process too; the
     *     ones without old classes are left alone
     * @throws IOException if a jar cannot be read or replaced; it is then as it was
     */
    public static void main(String[] arguments) throws IOException {
        var upgrade = new ClassFileUpgrade(ClassFileUpgrade.class.getClassLoader());
        for (var jar : List.of(arguments)) {
            upgrade.upgradeJar(Path.of(jar));
        }
    }

    /** Whether anything in the jar was old. */
    boolean upgradeJar(Path jar) throws IOException {
        var upgraded = new ByteArrayOutputStream();
        boolean changed;
        try (InputStream in = Files.newInputStream(jar);
                OutputStream out = upgraded) {
            changed = copy(new ZipInputStream(in), new ZipOutputStream(out));
        }
        if (changed) {
            // Replaced in one step: a JVM that has the old file open keeps it.
            var file = jar.resolveSibling(jar.getFileName() + ".upgraded");
            Files.write(file, upgraded.toByteArray());
            Files.move(file, jar, StandardCopyOption.REPLACE_EXISTING);
        }
        return changed;
    }

    private boolean copy(ZipInputStream from, ZipOutputStream to) throws IOException {
        boolean changed = false;
        for (var entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
            byte[] content = from.readAllBytes();
            if (entry.getName().endsWith(".class")) {
                ClassModel model = reader.parse(content);
                if (isOld(model)) {
                    content = reader.transformClass(model, UPGRADE);
                    changed = true;
                }
            }
            var copy = new ZipEntry(entry.getName());
            copy.setTime(entry.getTime());
            to.putNextEntry(copy);
            to.write(content);
            to.closeEntry();
        }
        to.finish();
        return changed;
    }

    private static boolean isOld(ClassModel model) {
        return model.majorVersion() < FIRST_WITH_STACK_MAPS;
    }
}
