// What the emitters of one entity's module share: its identifiers, and helper functions that are printed once however often
// they are used.
import type { EntityModel, FieldType } from '../../runtime/schema/model.js';
import { literal, lowerFirst, type ModuleScope, OWN_NAMES, Scope } from './names.js';
import { Printer } from './printer.js';

/** The identifiers that a module gives to the user's classes and to what it exports; all of them declared in its scope. */
export interface EntityNames {
  /** Local identifier of the imported entity class (a value import: its prototype is used). */
  readonly row: string;
  /** Exported key type, as `UserKey`. */
  readonly key: string;
  /** Exported input interface, as `UserInput`. */
  readonly input: string;
  /** Exported runtime constant, as `userEntity`. */
  readonly entity: string;
  /** Local identifier of each embedded class that the entity uses (see `embeddedClasses`), by its class name; value imports. */
  readonly embedded: ReadonlyMap<string, string>;
}

/** Names that generated functions give to their own parameters and variables; a field's variable never takes one. */
const FIXED_LOCALS =
  'row out src key layout bytes view start end heap text mixed textStart heapStart input now generated value values count at ends position problem element entry';

/** Verbs that the names of helper functions begin with, so that no variable hides one. */
const HELPER_NAME =
  /^(read|write|new|encode|decode|check|create|build|revive|choice)[A-Z]|^(data|text|bits)\d+$|^[A-Z0-9_]+$/;

export class EntityEmitter {
  private readonly printed = new Map<string, string>();
  private readonly helpers: string[] = [];

  constructor(
    readonly entity: EntityModel,
    readonly names: EntityNames,
    readonly scope: ModuleScope,
  ) {}

  /** Declares the module's one writer of text, `text`. */
  useText(): void {
    this.helper('text', 'text', (out) => out.line(`const text = new ${this.use('TextWriter')}();`));
  }

  /** Declares the module's one reader of data slots, `heap`. */
  useHeap(): void {
    this.helper('heap', 'heap', (out) => out.line(`const heap = new ${this.use('HeapReader')}();`));
  }

  /** The entity's name as a string literal, for errors. */
  get label(): string {
    return literal(this.entity.name);
  }

  /** Identifier of an imported value of the runtime. */
  use(name: string): string {
    return this.scope.value(name);
  }

  /** Identifier of an imported type of the runtime. */
  type(name: string): string {
    return this.scope.type(name);
  }

  /** Identifier of an embedded class. */
  embedded(className: string): string {
    const name = this.names.embedded.get(className);
    if (name === undefined) throw new Error(`no identifier was given for the embedded class ${className}`);
    return name;
  }

  /**
   * The identifier of a helper that is printed once: `print` gets it at the first call, after which `key` (its purpose) gives
   * the same one. Helpers stand in the module before those that use them.
   */
  helper(key: string, wanted: string, print: (out: Printer, name: string) => void): string {
    const known = this.printed.get(key);
    if (known !== undefined) return known;
    const name = OWN_NAMES.has(wanted) ? wanted : this.scope.declare(wanted);
    this.printed.set(key, name);
    const out = new Printer();
    print(out, name);
    this.helpers.push(out.toString());
    return name;
  }

  /** The helpers printed since the last call. */
  takeHelpers(): readonly string[] {
    return this.helpers.splice(0);
  }

  /** A scope for the variables of one function. */
  locals(): Locals {
    return new Locals();
  }
}

/** Variable names of one generated function. */
export class Locals extends Scope {
  constructor() {
    super(FIXED_LOCALS.split(' '));
  }

  /** A variable named after a field. */
  override declare(field: string): string {
    const wanted = lowerFirst(field);
    return super.declare(HELPER_NAME.test(wanted) ? `${wanted}_` : wanted);
  }
}

/** A name for a type in the names of helpers: `StringArray`, `Line`, `NullableDateArray`. */
export function typeWord(type: FieldType): string {
  switch (type.kind) {
    case 'array': {
      const { element } = type;
      const missing = `${element.nullable ? 'Nullable' : ''}${element.optional ? 'Optional' : ''}`;
      return `${missing}${typeWord(element.type)}Array`;
    }
    case 'embedded':
      return upperFirst(type.className);
    case 'record':
      return `${typeWord(type.value.type)}Record`;
    default:
      return upperFirst(type.kind);
  }
}

export function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
