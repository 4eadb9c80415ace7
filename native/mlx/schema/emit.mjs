// Writes the C++ for a parsed schema: a struct a node, its decoder, and a visitor over its tensors and values.

const SCALARS = {
  bool: 'bool',
  byte: 'int8_t',
  int8: 'int8_t',
  uint8: 'uint8_t',
  int32: 'int32_t',
  uint32: 'uint32_t',
  int64: 'int64_t',
  uint64: 'uint64_t',
  float: 'float',
  double: 'double',
};
const SLOTS = new Set(['Tid', 'Vid']);
const CHOICES = new Set(['IntOrVid', 'FloatOrVid', 'VidOrTid', 'IntOrVidOrTid']);
// Fields that a node writes; every other tensor or value of it is read. Update nodes also read their `dst`.
const WRITTEN = new Set(['out', 'outs', 'outputs', 'sliced', 'carry']);

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const kindOf = (node) => node.replace(/Node$/, '');
const optional = (field) =>
  field.nullable || (!field.vector && !field.required && (SLOTS.has(field.type) || CHOICES.has(field.type)));

function cppType(field) {
  const base = SCALARS[field.type] ?? (field.type === 'string' ? 'std::string' : field.type);
  if (field.vector) return `std::vector<${base}>`;
  return optional(field) ? `std::optional<${base}>` : base;
}

function initializer(field) {
  if (field.vector || optional(field) || !(field.type in SCALARS)) return '';
  if (field.value === undefined) return field.type === 'bool' ? ' = false' : ' = 0';
  return field.type === 'float' ? ` = static_cast<float>(${field.value})` : ` = ${field.value}`;
}

const nodes = (schema) => schema.union.map((name) => ({ name, kind: kindOf(name), fields: schema.tables.get(name) }));

export function emitHeader(schema) {
  const structs = nodes(schema).map(({ name, kind, fields }) => {
    const members = fields.map((field) => `  ${cppType(field)} ${camel(field.name)}${initializer(field)};`);
    return [
      `struct ${name} : Node {`,
      `  static constexpr NodeKind kKind = NodeKind::${kind};`,
      `  ${name}() : Node(kKind) {}`,
      ...members,
      '};',
    ].join('\n');
  });
  return `// Generated from ExecuTorch's MLX schema by native/mlx/schema/generate.mjs. Do not edit.
#pragma once

#include "flatbuffer.h"
#include "node.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pteron::mlx {

// The numbers are the wire's.
enum class NodeKind : uint8_t {
  None = 0,
${nodes(schema)
  .map(({ kind }, i) => `  ${kind} = ${i + 1},`)
  .join('\n')}
};
inline constexpr int kNodeKinds = ${schema.union.length + 1};

// "RopeNode"; null for a number that this schema does not know.
const char* nodeName(NodeKind kind);

${structs.join('\n\n')}

// Throws fb::FormatError where a required field is missing.
std::unique_ptr<Node> decodeNode(NodeKind kind, const fb::Table& table);

// Calls back for each tensor and value slot of the node, reads before writes.
using TidVisitor = std::function<void(Tid&, Access)>;
using VidVisitor = std::function<void(Vid&, Access)>;
void visitSlots(Node& node, const TidVisitor& tensor, const VidVisitor& value);

} // namespace pteron::mlx
`;
}

function decodeField(node, field) {
  const target = `node->${camel(field.name)}`;
  const lines = [];
  if (field.required) lines.push(`require(table, ${field.id}, "${node}.${field.name}");`);
  if (field.vector) {
    if (field.type === 'string') lines.push(`${target} = table.strings(${field.id});`);
    else if (SLOTS.has(field.type)) lines.push(`${target} = slots<${field.type}>(table, ${field.id});`);
    else if (field.type in SCALARS) lines.push(`${target} = table.scalars<${SCALARS[field.type]}>(${field.id});`);
    else lines.push(`${target} = choices<${field.type}>(table, ${field.id});`);
  } else if (field.type === 'string') lines.push(`${target} = table.string(${field.id});`);
  else if (SLOTS.has(field.type))
    lines.push(`if (table.has(${field.id})) ${target} = slot<${field.type}>(table, ${field.id});`);
  else if (CHOICES.has(field.type))
    lines.push(
      `if (table.has(${field.id})) read(table.table(${field.id}), ${optional(field) ? `${target}.emplace()` : target});`,
    );
  else if (field.nullable)
    lines.push(`if (table.has(${field.id})) ${target} = table.scalar<${SCALARS[field.type]}>(${field.id}, 0);`);
  else if (field.type === 'bool') lines.push(`${target} = table.boolean(${field.id}, ${target});`);
  else lines.push(`${target} = table.scalar<${SCALARS[field.type]}>(${field.id}, ${target});`);
  return lines.map((line) => `  ${line}`);
}

function visitField(field) {
  if (!SLOTS.has(field.type) && !CHOICES.has(field.type)) return [];
  const access = WRITTEN.has(field.name) ? 'Access::Write' : 'Access::Read';
  const name = `node.${camel(field.name)}`;
  const call = (expression) => `visit(${expression}, ${access}, tensor, value);`;
  if (field.vector) return [`  for (auto& each : ${name}) ${call('each')}`];
  return [optional(field) ? `  if (${name}) ${call(`*${name}`)}` : `  ${call(name)}`];
}

const readsFirst = (a, b) => Number(WRITTEN.has(a.name)) - Number(WRITTEN.has(b.name));

export function emitSource(schema) {
  const all = nodes(schema);
  const decoders = all.map(({ name, fields }) =>
    [
      `std::unique_ptr<Node> decode${name}([[maybe_unused]] const fb::Table& table) {`,
      `  auto node = std::make_unique<${name}>();`,
      ...fields.flatMap((field) => decodeField(name, field)),
      '  return node;',
      '}',
    ].join('\n'),
  );
  const visitors = all.map(({ name, fields }) =>
    [
      `void visitNode([[maybe_unused]] ${name}& node, [[maybe_unused]] const TidVisitor& tensor, [[maybe_unused]] const VidVisitor& value) {`,
      ...[...fields].sort(readsFirst).flatMap(visitField),
      '}',
    ].join('\n'),
  );
  return `// Generated from ExecuTorch's MLX schema by native/mlx/schema/generate.mjs. Do not edit.
#include "mlx_nodes.h"

#include "node_decode.h"

namespace pteron::mlx {

namespace {

${decoders.join('\n\n')}

${visitors.join('\n\n')}

} // namespace

const char* nodeName(NodeKind kind) {
  static constexpr const char* names[] = {"None",
${all.map(({ name }) => `    "${name}",`).join('\n')}
  };
  return static_cast<int>(kind) < kNodeKinds ? names[static_cast<int>(kind)] : nullptr;
}

std::unique_ptr<Node> decodeNode(NodeKind kind, const fb::Table& table) {
  table.buffer().spend(256);
  switch (kind) {
${all.map(({ name, kind }) => `  case NodeKind::${kind}: return decode${name}(table);`).join('\n')}
  default: throw fb::FormatError("node kind " + std::to_string(static_cast<int>(kind)) + " is not in this schema");
  }
}

void visitSlots(Node& node, const TidVisitor& tensor, const VidVisitor& value) {
  switch (node.kind) {
${all.map(({ name, kind }) => `  case NodeKind::${kind}: return visitNode(static_cast<${name}&>(node), tensor, value);`).join('\n')}
  default: return;
  }
}

} // namespace pteron::mlx
`;
}
