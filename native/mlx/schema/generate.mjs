// Generates C++ structs and decoders for every node of the MLX delegate from ExecuTorch's own schema, so that no field
// is typed by hand and a new ExecuTorch brings its nodes along.
//
// Usage: node generate.mjs SCHEMA.fbs OUTPUT_DIR   → OUTPUT_DIR/mlx_nodes.h, OUTPUT_DIR/mlx_nodes.cpp
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema } from './parse.mjs';
import { emitHeader, emitSource } from './emit.mjs';

const [schemaPath, outputDir] = process.argv.slice(2);
if (!schemaPath || !outputDir) {
  console.error('Usage: node generate.mjs SCHEMA.fbs OUTPUT_DIR');
  process.exit(2);
}
const schema = parseSchema(readFileSync(schemaPath, 'utf8'));
mkdirSync(outputDir, { recursive: true });
writeFileSync(join(outputDir, 'mlx_nodes.h'), emitHeader(schema));
writeFileSync(join(outputDir, 'mlx_nodes.cpp'), emitSource(schema));
